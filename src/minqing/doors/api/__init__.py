"""The API: the same commands as the pages, for other systems. OpenAPI 3.1 at /api/v1/openapi.json.

Anonymous   POST demands · slips · status · verdicts (the query code in the body, never in an address)
Staff       a bearer token; every act of the desk has its address, named after its verb
Errors      problem+json: {"type", "title", "status", "code", "detail", "fields"}
"""
