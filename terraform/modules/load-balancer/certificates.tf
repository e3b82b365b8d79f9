# Certificate Manager with DNS authorization, rather than google_compute_managed_ssl_certificate: the latter is issued
# only once the DNS points here and traffic arrives, so the first hours of a host have no TLS, and adding a host
# replaces the one certificate of all. Here each host has a certificate of its own that is ready before anybody is sent
# here, and another host touches no other. Both loops run over the hosts of the URL map, so none can be without.
#
# The CNAME records that prove the domains are the output `dns_records`.

resource "google_certificate_manager_dns_authorization" "host" {
  for_each = var.hosts

  name   = "${var.name}-${local.host_names[each.key]}"
  domain = each.key
}

resource "google_certificate_manager_certificate" "host" {
  for_each = var.hosts

  name = "${var.name}-${local.host_names[each.key]}"

  managed {
    domains            = [each.key]
    dns_authorizations = [google_certificate_manager_dns_authorization.host[each.key].id]
  }
}

resource "google_certificate_manager_certificate_map" "this" {
  name = var.name
}

resource "google_certificate_manager_certificate_map_entry" "host" {
  for_each = var.hosts

  name         = "${var.name}-${local.host_names[each.key]}"
  map          = google_certificate_manager_certificate_map.this.name
  hostname     = each.key
  certificates = [google_certificate_manager_certificate.host[each.key].id]
}
