resource "google_compute_url_map" "this" {
  name = var.name

  # A host that is not ours is sent to one that is, so that no service answers under a name it does not know.
  default_url_redirect {
    host_redirect          = var.default_host
    redirect_response_code = "FOUND"
    strip_query            = false
  }

  dynamic "host_rule" {
    for_each = var.hosts

    content {
      hosts        = [host_rule.key]
      path_matcher = local.host_names[host_rule.key]
    }
  }

  dynamic "path_matcher" {
    for_each = var.hosts

    content {
      name            = local.host_names[path_matcher.key]
      default_service = google_compute_backend_service.service[path_matcher.value.service].id

      header_action {
        request_headers_to_remove  = var.removed_request_headers
        response_headers_to_remove = ["X-Powered-By"]

        response_headers_to_add {
          header_name  = "Strict-Transport-Security"
          header_value = "max-age=31536000"
          replace      = true
        }

        response_headers_to_add {
          header_name  = "X-Content-Type-Options"
          header_value = "nosniff"
          replace      = true
        }
      }

      # A WebSocket is one request that lasts, so what ends requests ends it. Both limits count: this one, and the
      # service's own `timeout` in environments/*.yaml, beyond which Cloud Run closes the connection whatever is said
      # here (https://cloud.google.com/run/docs/triggering/websockets). Hence never more here than there: a limit that
      # cannot be reached would only mislead. The backend service has none to give (see main.tf).
      dynamic "path_rule" {
        for_each = path_matcher.value.websocket ? ["websocket"] : []

        content {
          paths   = ["/ws", "/ws/*", "/websocket", "/websocket/*"]
          service = google_compute_backend_service.service[path_matcher.value.service].id

          route_action {
            timeout {
              seconds = var.websocket_timeout_seconds
            }
          }
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = alltrue([for host in values(var.hosts) : contains(keys(var.services), host.service)])
      error_message = "a host names a service that is not among `services`."
    }

    precondition {
      condition     = contains(keys(var.hosts), var.default_host)
      error_message = "default_host must be one of `hosts`, or callers would be sent to a name without a certificate."
    }
  }
}
