# One global external Application Load Balancer for all services: the hosts decide who answers.

locals {
  # A name that every resource of a host can carry: `api.example.com` becomes `api-example-com`.
  host_names = { for host in keys(var.hosts) : host => replace(host, ".", "-") }
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each = var.services

  name                  = "${var.name}-${each.value.name}"
  region                = each.value.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value.name
  }

  # A group that is in use cannot be deleted: the backend service gets the new one first. What makes a new one changes
  # its name or its region, so the two never collide.
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_backend_service" "service" {
  for_each = var.services

  name                  = "${var.name}-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this.id

  # No timeout_sec and no health check: with a serverless group the API refuses both (400, "Timeout sec is not supported
  # for a backend service with Serverless network endpoint groups"). How long a request may take is Cloud Run's own
  # `timeout` of the service; how long a WebSocket may, is also said in url-map.tf.
  backend {
    group = google_compute_region_network_endpoint_group.service[each.key].id
  }

  log_config {
    enable      = true
    sample_rate = var.log_sample_rate
  }
}

resource "google_compute_global_address" "this" {
  name = var.name
}

resource "google_compute_ssl_policy" "this" {
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "this" {
  name            = var.name
  url_map         = google_compute_url_map.this.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.this.id}"
  ssl_policy      = google_compute_ssl_policy.this.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "${var.name}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}

# Port 80 does one thing: it sends callers to port 443.
resource "google_compute_url_map" "redirect" {
  name = "${var.name}-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  name    = "${var.name}-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "${var.name}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
}
