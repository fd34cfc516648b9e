"""Runs that came in a package: what they took tells nothing of this machine.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    imported = sa.Column("imported", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("runs", imported)


def downgrade() -> None:
    op.drop_column("runs", "imported")
