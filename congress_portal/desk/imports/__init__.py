"""The import page: upload → what is in it → confirm → result, on the same engine as the command.

Large uploads are worked on in the background. They are put into the task queue; where no worker
listens (the demo's single server), the page that shows the progress starts one after a few
seconds (core.batches.own_worker). Whoever claims the batch first does it, so nothing is done
twice, and since the engine is idempotent an interrupted work can simply be started again.
"""
