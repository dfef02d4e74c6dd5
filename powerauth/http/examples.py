"""Encrypted bodies as the documents show them."""

ENCRYPTED_REQUEST = {
    "temporaryKeyId": "7a2c1cc4-0d0c-4b2f-8a4e-6a0e4cf5d2a7",
    "ephemeralPublicKey": "A4aLCCmVC5Z3uSYXnJpVG6vBjvBVUBzs1lDMvoPcbH9W",
    "encryptedData": "gfbMnmlCBo/ohcwoKAjN3+VqRgWHkxg4MZ9y2RRu6yQ=",
    "mac": "v0LYLl4vYwNUYYpDqkOqtT9dWJ5T+XgSTeFv0yxsTn0=",
    "nonce": "kYjzVBB8Y0ZFabxSWbWovQ==",
    "timestamp": 1700000000000,
}
ENCRYPTED_RESPONSE = {
    "encryptedData": "dcZ5WGcPzAkYVdV7Vv4RwPTwkmR0vvYUoTVZ6+3s3Vk=",
    "mac": "BmYdFFLBzUzbyVRIaKr4p+SXwu0VSeZTtx+l5Y5uHbw=",
    "nonce": "iEu1wvp0xjRF2nGJsnzCzA==",
    "timestamp": 1700000000123,
}
