resource "google_compute_network" "this" {
  name                    = var.name
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

# Direct VPC egress instead of a Serverless VPC Access connector: nothing of its own to run, to scale and to pay for,
# one hop less, and the revision says by itself where it is connected (`vpc.direct` in environments/services.yaml).
# Cloud Run takes addresses in blocks of 16 and holds about two per instance, of both revisions while a release is under
# way (https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation).
resource "google_compute_subnetwork" "services" {
  name          = "${var.name}-services"
  region        = var.region
  network       = google_compute_network.this.id
  ip_cidr_range = var.services_cidr

  # Google's own APIs are reached without a public address.
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_5_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Nothing in this network takes connections: services are reached through Google's front end, database and cache through
# the peering. The implied rule denies the same; this one can be seen, and logs who tries.
resource "google_compute_firewall" "deny_ingress" {
  name      = "${var.name}-deny-ingress"
  network   = google_compute_network.this.id
  direction = "INGRESS"
  priority  = 65534

  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

# Where Cloud SQL and Memorystore live: a range of this network that is lent to Google's, for both together.
resource "google_compute_global_address" "private_services" {
  name          = "${var.name}-private-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  network       = google_compute_network.this.id
  address       = split("/", var.private_services_cidr)[0]
  prefix_length = tonumber(split("/", var.private_services_cidr)[1])
}

resource "google_service_networking_connection" "private_services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.private_services.name]

  # Google refuses to delete the peering for days after the last database in it is gone. Forgetting it lets a `destroy`
  # end; the connection goes with the network.
  deletion_policy = "ABANDON"
}
