"""ejabberd's configuration for a run."""

from __future__ import annotations

_TEMPLATE = """\
loglevel: warning
hosts: [localhost]
# Everything that is kept is kept in PostgreSQL, as in an installation that is backed up and may have a second node.
default_db: sql
sql_type: pgsql
sql_server: "127.0.0.1"
sql_port: {database_port}
sql_database: postgres
sql_username: postgres
sql_password: ""
sql_pool_size: 10
auth_method: sql
# Plain passwords and SASL PLAIN: the cheapest login that it has.
auth_password_format: plain
disable_sasl_mechanisms: [digest-md5, X-OAUTH2]
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    access: all
    backlog: 4096
  - port: {http_port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /api: mod_http_api
acl:
  loopback:
    ip: [127.0.0.0/8]
access_rules:
  trusted:
    allow: loopback
api_permissions:
  "bench":
    who:
      access:
        allow:
          - acl: loopback
    what: "*"
# Neither limits nor sessions per user may stand in the way.
shaper_rules:
  max_user_sessions: 100
  max_user_offline_messages: 1000000
modules:
  mod_adhoc: {{}}
  mod_admin_extra: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_http_api: {{}}
  mod_last: {{}}
  mod_mam:
    default: always
  # Rooms are kept, and archive what is said in them; who comes and goes is told to nobody.
  mod_muc:
    access_create: all
    max_users: 5000
    default_room_options:
      persistent: true
      mam: true
      max_users: 5000
      presence_broadcast: []
  mod_muc_admin: {{}}
  mod_offline:
    access_max_user_messages: max_user_offline_messages
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_roster:
    versioning: true
  mod_shared_roster: {{}}
  mod_stream_mgmt: {{}}
  mod_vcard: {{}}
  mod_version: {{}}
"""


def configuration(port: int, http_port: int, database_port: int) -> str:
    """The whole `ejabberd.yml`: Debian's modules that a chat needs, the archive on, no TLS (as everywhere here)."""
    return _TEMPLATE.format(port=port, http_port=http_port, database_port=database_port)
