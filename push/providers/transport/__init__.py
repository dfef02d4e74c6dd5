"""How requests reach a provider: HTTP/2 on one connection, HTTP/1.1 on many; TLS, proxies."""
