"""Where catalogues are kept: LOCALE/LANGUAGE/LC_MESSAGES/django.po, and .mo beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

from enrollment_server.messages import catalogue
from enrollment_server.messages.check import problems
from enrollment_server.messages.extraction import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """The catalogue of one language in one folder; it need not exist yet."""

    folder: Path
    language: str

    @property
    def po(self) -> Path:
        return self.folder / self.language / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def read(self) -> Catalog:
        """Read the catalogue; it is empty while there is no file.

        Raises:
            UnreadableCatalogue: the file is no catalogue.
        """
        content = self.po.read_bytes() if self.po.exists() else b""
        return catalogue.read(content, language=self.language)

    def update(self, texts: Iterable[Text]) -> Catalog:
        """Bring both files up to date with `texts`, and give the new catalogue.

        Raises:
            UnreadableCatalogue: the file is no catalogue; it stays as it is.
        """
        new = catalogue.update(self.read(), texts, language=self.language)
        self.po.parent.mkdir(parents=True, exist_ok=True)
        self.po.write_bytes(catalogue.render(new))
        self.mo.write_bytes(catalogue.compiled(new))
        return new

    def problems(self, texts: Iterable[Text]) -> list[str]:
        """Tell what is wrong with the files, one line each."""
        po, mo = (path.read_bytes() if path.exists() else None for path in (self.po, self.mo))
        return problems(po, mo, texts=list(texts), language=self.language)
