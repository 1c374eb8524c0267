"""Many papers in the background: ordered once, made by whoever is free, taken away as one file.

``services.start`` writes a ``Batch`` with one ``BatchItem`` a paper and puts it into the task
queue (django-tasks). Workers (``manage.py db_worker``, as many as one likes, on several machines)
claim one item after the other with a lease; a killed worker's lease runs out and the item is
made again, and only who still holds the lease may hand in what was made. Whoever hands in the
last item puts the result together. Where no worker runs (the demo), the page that shows the
progress starts one that empties the queue and goes (``own_worker``).
"""
