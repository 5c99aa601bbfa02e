"""What the organisation keeps of its tables."""

from __future__ import annotations

from functions.organisation.store.base import OrganisationItem
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.tables.items import BeforeItem, Kinds, MappingItem, OpenJobItem, UploadItem


class TableUploadItem(UploadItem, discriminator="organisation_table_upload"):
    """A place for one file of groups or staff."""

    class Meta:
        table_name = table_name("organisation")


class TableMappingItem(MappingItem, discriminator="organisation_table_mapping"):
    """Somebody's own headings of a table."""

    class Meta:
        table_name = table_name("organisation")


class TableJobItem(JobItem, discriminator="organisation_table_job"):
    """A trial, an import, an undoing, an export."""

    class Meta:
        table_name = table_name("organisation")


class TableBeforeItem(BeforeItem, discriminator="organisation_table_before"):
    """Groups and duties as they were before an import's row."""

    class Meta:
        table_name = table_name("organisation")


class OpenTableJobItem(OpenJobItem, discriminator="organisation_table_open"):
    """A job whose files show people."""

    class Meta:
        table_name = table_name("organisation")


KINDS = Kinds(
    OrganisationItem, TableUploadItem, TableMappingItem, TableJobItem, TableBeforeItem, OpenTableJobItem
)
