"""Where catalogues are kept: LOCALE/LANGUAGE/LC_MESSAGES/DOMAIN.po, and .mo beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

from enrollment_server.messages import catalogue, domains
from enrollment_server.messages.check import problems
from enrollment_server.messages.extraction import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """The catalogue of one language and kind of texts in one folder; it need not exist yet."""

    folder: Path
    language: str
    domain: str = domains.CODE

    @property
    def po(self) -> Path:
        return self.folder / self.language / "LC_MESSAGES" / f"{self.domain}.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def read(self) -> Catalog:
        """Read the catalogue; it is empty while there is no file.

        Raises:
            UnreadableCatalogue: the file is no catalogue.
        """
        content = self.po.read_bytes() if self.po.exists() else b""
        try:
            return catalogue.read(content, language=self.language)
        except catalogue.UnreadableCatalogue as error:
            raise catalogue.UnreadableCatalogue(f"{self.po} cannot be read: {error}") from error

    def update(self, texts: Iterable[Text], *, old: Catalog | None = None) -> Catalog:
        """Bring both files up to date with `texts`, and give the new catalogue.

        Args:
            old: what translations are taken from, instead of the file.

        Raises:
            UnreadableCatalogue: the file is no catalogue; it stays as it is.
        """
        old = self.read() if old is None else old
        new = catalogue.update(old, texts, language=self.language)
        self.po.parent.mkdir(parents=True, exist_ok=True)
        self.po.write_bytes(catalogue.render(new))
        self.mo.write_bytes(catalogue.compiled(new))
        return new

    def read_with_form_texts_of(self, older: "CatalogueFile") -> Catalog:
        """Read the catalogue, with the form texts of `older` that it lacks.

        Older versions kept form texts among the texts of the code.

        Raises:
            UnreadableCatalogue: one of the files is no catalogue.
        """
        found = self.read()
        catalogue.adopt_form_texts(found, older.read())
        return found

    def problems(self, texts: Iterable[Text]) -> list[str]:
        """Tell what is wrong with the files, one line each."""
        po, mo = (path.read_bytes() if path.exists() else None for path in (self.po, self.mo))
        return problems(po, mo, texts=list(texts), language=self.language)
