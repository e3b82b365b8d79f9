# A Cloud Run service that stagectl deploys to. Terraform owns that it exists, who it is and who may call it; stagectl
# owns what runs in it.

resource "google_service_account" "this" {
  account_id   = "run-${var.name}"
  display_name = "Cloud Run service ${var.name}"
}

resource "google_cloud_run_v2_service" "this" {
  name     = var.name
  location = var.region
  ingress  = var.ingress
  labels   = var.labels

  deletion_protection = var.deletion_protection

  # Only for the time until the first deploy: Google's sample image, which answers on every path.
  template {
    service_account = google_service_account.this.email

    containers {
      image = "us-docker.pkg.dev/cloudrun/container/hello"
    }
  }

  lifecycle {
    # stagectl owns these, and a revision is immutable: whatever Terraform wrote here would be a new revision that no
    # gate has seen, at all traffic.
    #   template     image, revision name, environment, limits, network, and the labels by which stagectl knows its
    #                revisions (`stagectl-run` and so on), from environments/*.yaml
    #   traffic      which revision serves how much, and the candidates' tags
    #   annotations  the last release, which `stagectl status` compares with
    #   client…      the name of whoever wrote last
    ignore_changes = [template, traffic, annotations, client, client_version]
  }

  depends_on = [google_service_account_iam_member.user]
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each = var.secret_ids

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

# Behind the load balancer a service must be callable without a token: the balancer has none to show. Candidates are
# public by this too, at their own URL, as with every service of stagectl that says `public: true`. Who may do what is
# the application's to decide.
resource "google_cloud_run_v2_service_iam_member" "everybody" {
  count = var.public ? 1 : 0

  name     = google_cloud_run_v2_service.this.name
  location = google_cloud_run_v2_service.this.location
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "callers" {
  for_each = var.callers

  name     = google_cloud_run_v2_service.this.name
  location = google_cloud_run_v2_service.this.location
  role     = "roles/run.invoker"
  member   = each.value
}

# What a release writes: this service and no other. Reading is granted once, on the project.
resource "google_cloud_run_v2_service_iam_member" "deployer" {
  name     = google_cloud_run_v2_service.this.name
  location = google_cloud_run_v2_service.this.location
  role     = "roles/run.developer"
  member   = var.deployer
}

# A revision runs as this account, and whoever makes one must be allowed to say so: on this account, as on the project
# it would be every account there is.
resource "google_service_account_iam_member" "user" {
  for_each = { deployer = var.deployer, terraform = var.terraform }

  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}
