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
ENCRYPTED_REQUEST_4 = {
    "temporaryKeyId": "7a2c1cc4-0d0c-4b2f-8a4e-6a0e4cf5d2a7",
    "encryptedData": "gfbMnmlCBo/ohcwoKAjN3+VqRgWHkxg4MZ9y2RRu6yQ=",
    "nonce": "gfbMnmlCBo/ohcwodcZ5WGcPzAkYVdV7",
    "timestamp": 1700000000000,
}
ENCRYPTED_RESPONSE_4 = {
    "encryptedData": "dcZ5WGcPzAkYVdV7Vv4RwPTwkmR0vvYUoTVZ6+3s3Vk=",
    "timestamp": 1700000000123,
}
ENCRYPTED = {
    3: (ENCRYPTED_REQUEST, ENCRYPTED_RESPONSE),
    4: (ENCRYPTED_REQUEST_4, ENCRYPTED_RESPONSE_4),
}
"""Request and answer by generation of the protocol."""
