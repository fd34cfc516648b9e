"""Runs over REST."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from backend.api.dependencies import EventId, RunsOf, ServicesOf
from backend.estimates import RunEstimate
from backend.event_log import BEGINNING
from backend.exports import attachment, run_document
from backend.problems import file_answer, problem_answers
from backend.run_model import Run
from backend.submission import LONGEST_TAG, LONGEST_TITLE, MOST_TAGS

Answer = TypeVar("Answer", bound=Response)

PROBLEMS = problem_answers(404, 409, 422, 429, 503)
router = APIRouter(prefix="/runs", tags=["runs"], responses=PROBLEMS)


Title = Annotated[str, Field(max_length=LONGEST_TITLE)]
Tags = Annotated[list[Annotated[str, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS)]


class RunRequest(BaseModel):
    """What to run."""

    model_config = ConfigDict(extra="forbid")

    experiment: str = Field(description="The name of an experiment.", examples=["toy"])
    config: dict[str, Any] = Field(
        default_factory=dict,
        description="Its configuration; what is left out takes its default.",
        examples=[{"dataset": "circle", "criteria": ["lrp", "weight"]}],
    )
    title: Title = Field("", description="A title of your own.")
    tags: Tags = Field(default_factory=list, description="Words to find the run by.")
    again: bool = Field(
        True,
        description="False: where the same configuration waits, runs or is done already, answer "
        "with that run (200) and start none.",
    )


@router.post(
    "",
    status_code=201,
    responses={200: {"model": Run, "description": "There is an equal run already: this one."}},
)
def submit_run(request: RunRequest, runs: RunsOf, response: Response) -> Run:
    """Put a run into its queue."""
    asked = request.experiment, request.config, request.title, request.tags
    run, is_new = (runs.submit(*asked), True) if request.again else runs.submit_new(*asked)
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run


@router.get("/{run_id}")
def get_run(run_id: str, runs: RunsOf) -> Run:
    """One run."""
    return runs.get(run_id)


@router.get("/{run_id}/result")
def get_result(run_id: str, runs: RunsOf) -> Response:
    """What the run has said so far, folded, with the id of its last event."""
    return _json(run_document(runs, run_id, live=True))


@router.get(
    "/{run_id}/events",
    response_class=Response,
    responses=file_answer("application/x-ndjson"),
)
def get_events(run_id: str, runs: RunsOf, after: EventId = BEGINNING) -> Response:
    """The event log after an id, one JSON document a line."""
    runs.get(run_id)
    lines = (
        b'{"id":"%s","event":%s}\n' % (entry.id.encode(), entry.json)
        for entry in runs.events(run_id, after)
    )
    return Response(b"".join(lines), media_type="application/x-ndjson")


@router.get("/{run_id}/estimate")
def get_estimate(run_id: str, services: ServicesOf) -> RunEstimate:
    """How long the run takes from its start to its end, as was to be expected before it."""
    return services.estimates.started(services.runs.get(run_id))


@router.post("/{run_id}/cancel")
def cancel_run(run_id: str, runs: RunsOf) -> Run:
    """Stop a run; it counts as cancelled once its work has stopped."""
    return runs.cancel(run_id)


@router.post("/{run_id}/again", status_code=201)
def run_again(run_id: str, runs: RunsOf, response: Response) -> Run:
    """Run the same configuration once more, under the same title and tags."""
    run = runs.again(run_id)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run


@router.get(
    "/{run_id}/artifacts/{path:path}",
    response_class=Response,
    responses=file_answer("application/octet-stream"),
)
def get_artifact(run_id: str, path: str, runs: RunsOf) -> StreamingResponse:
    """A file that the run gave away: a pruned network, its masks, TensorBoard's events."""
    artifact, blocks = runs.artifact(run_id, path)
    response = StreamingResponse(blocks, media_type=artifact.media_type)
    response.headers["Content-Length"] = str(artifact.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _download(response, path.rpartition("/")[2])


def _json(document: bytes) -> Response:
    return Response(document, media_type="application/json")


def _download(response: Answer, name: str) -> Answer:
    response.headers["Content-Disposition"] = attachment(name)
    return response
