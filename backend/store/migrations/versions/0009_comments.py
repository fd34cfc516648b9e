"""Comments of readers on dashboards and shares.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

PARENTS = {"dashboards": "dashboard_id", "shares": "share_id"}


def upgrade() -> None:
    for table in PARENTS:
        switch = sa.Column("takes_comments", sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, switch)
    op.create_table(
        "comments",
        sa.Column("id", sa.String(32), primary_key=True),
        *(
            sa.Column(
                column,
                sa.String(32),
                sa.ForeignKey(f"{table}.id", ondelete="CASCADE"),
                nullable=True,
            )
            for table, column in PARENTS.items()
        ),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("approved", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for column in PARENTS.values():
        op.create_index(f"ix_comments_{column}", "comments", [column])


def downgrade() -> None:
    op.drop_table("comments")
    for table in PARENTS:
        op.drop_column(table, "takes_comments")
