"""What the register keeps of its tables."""

from __future__ import annotations

from functions.register.store.items import RegisterItem
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.tables.items import BeforeItem, Kinds, MappingItem, OpenJobItem, UploadItem


class TableUploadItem(UploadItem, discriminator="register_table_upload"):
    """A place for one file of people."""

    class Meta:
        table_name = table_name("register")


class TableMappingItem(MappingItem, discriminator="register_table_mapping"):
    """Somebody's own headings of a table of people."""

    class Meta:
        table_name = table_name("register")


class TableJobItem(JobItem, discriminator="register_table_job"):
    """A trial, an import, an undoing, an export."""

    class Meta:
        table_name = table_name("register")


class TableBeforeItem(BeforeItem, discriminator="register_table_before"):
    """People as they were before an import's row."""

    class Meta:
        table_name = table_name("register")


class OpenTableJobItem(OpenJobItem, discriminator="register_table_open"):
    """A job whose files show people."""

    class Meta:
        table_name = table_name("register")


KINDS = Kinds(
    RegisterItem, TableUploadItem, TableMappingItem, TableJobItem, TableBeforeItem, OpenTableJobItem
)
