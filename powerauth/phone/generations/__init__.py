"""What depends on the generation of the protocol: codes, encryption, keys, status, vault, texts.

`base` says what a phone needs of a generation, `three` and `four` implement it by modules, and
`choice` alone chooses. A flow that only one generation has is in `powerauth.phone.features`.
"""
