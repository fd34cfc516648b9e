"""Parts of divided runs.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("divided", sa.Boolean, nullable=False, server_default=sa.false()))
        runs.add_column(sa.Column("parent_id", sa.String(32), nullable=True))
        runs.add_column(sa.Column("part", sa.String(128), nullable=True))
        runs.create_index("ix_runs_parent_id", ["parent_id"])
        runs.create_foreign_key(
            "fk_runs_parent_id", "runs", ["parent_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.drop_constraint("fk_runs_parent_id", type_="foreignkey")
        runs.drop_index("ix_runs_parent_id")
        for name in ("part", "parent_id", "divided"):
            runs.drop_column(name)
