"""Shares: snapshots that links open.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("source", sa.JSON, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("picture", sa.LargeBinary),
        sa.Column("password_hash", sa.Text),
        sa.Column("frame_ancestors", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_opened_at", sa.DateTime(timezone=True)),
        sa.Column("opened", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shares")
