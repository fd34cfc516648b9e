"""What waiting runs wait for, if no process that has seen them knows all that they name.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("runs", sa.Column("missing", sa.Text))
    op.add_column("runs", sa.Column("missing_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("runs", "missing_since")
    op.drop_column("runs", "missing")
