"""A local page where a person colours a photograph, and the HTTP API that it stands on.

- `serve`, `Place`: run it on this computer until it is stopped, and where
- `make_app`: the same as an ASGI application
- `Session`: the photographs that are open, with the colours wished for each
- `Limits`: how much it takes on

Inside: `app` (HTTP: which request does what), `requests` and `answers` (what is read, and what is
sent), `access` (who may ask), `limits` and `worker` (one job at a time, and a queue that ends),
`ahead` (what is likely to be asked for next), `session`, `opened`, `copies`, `folder`, `saving` and
`tasks` (what is open, and saved), `looks`, `views`, `pictures`, `suggestions` and `findings`
(previews, parts, thumbnails, colours to choose from, what was scanned), `openapi`, `samples` (the
API in its own words), `page` (HTML, CSS and ES modules as they are, without a build step). The
colouring is `rehue.Look`'s, and files are written by `rehue.batch` as the command line writes them.
Nothing is sent anywhere.
"""

from rehue.studio.limits import Limits
from rehue.studio.server import Place, make_app, serve
from rehue.studio.session import Session

__all__ = ["Limits", "Place", "Session", "make_app", "serve"]
