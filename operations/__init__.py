"""Operations that wait for their user: made by back ends, shown and decided on phones.

Who signed is none of its business: that belongs to `powerauth`.
"""
