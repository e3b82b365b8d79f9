# Two identities, and no key of either: a job of the pipeline shows GitHub's token and gets one of Google's for an hour.
#   deployer   what `stagectl deploy` needs, on what stagectl deploys
#   terraform  what the configuration of the environment needs

resource "google_iam_workload_identity_pool" "github" {
  workload_identity_pool_id = "github"
  display_name              = "GitHub Actions"

  depends_on = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "actions"
  display_name                       = "GitHub Actions"

  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }

  # GitHub has one issuer for everybody, so without this every repository there could ask. Only jobs of this repository get
  # in, and only those that run in this GitHub environment, whose reviewers and branches GitHub asks first. The number
  # besides the name: a name that was given up can be taken by somebody else, a number never.
  attribute_condition = "assertion.sub == 'repo:${var.github_owner}/${var.github_repository}:environment:${var.environment}' && assertion.repository_id == '${var.github_repository_id}'"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "deployer" {
  account_id   = "stagectl-deployer"
  display_name = "stagectl in the pipeline"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "terraform" {
  account_id   = "terraform"
  display_name = "Terraform in the pipeline"

  depends_on = [google_project_service.this]
}

resource "google_service_account_iam_member" "pipeline" {
  for_each = {
    deployer  = google_service_account.deployer.name
    terraform = google_service_account.terraform.name
  }

  service_account_id = each.value
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/subject/repo:${var.github_owner}/${var.github_repository}:environment:${var.environment}"
}

# Reading, once for the project: operations and revisions have no policy of their own. What a release writes is granted
# on each service, each service's account and the registry (modules/service, modules/registry).
resource "google_project_iam_member" "deployer" {
  for_each = toset([
    "roles/logging.viewer",       # the lines of a revision that failed
    "roles/run.viewer",           # services, revisions, operations
    "roles/secretmanager.viewer", # that a secret is there, not what is in it
  ])

  project = var.project
  role    = each.value
  member  = google_service_account.deployer.member
}

resource "google_storage_bucket_iam_member" "deployer_state" {
  bucket = google_storage_bucket.state["stagectl"].name
  role   = "roles/storage.objectUser"
  member = google_service_account.deployer.member
}

# `${infra.NAME}` reads outputs, and they are part of the state. The state also holds the cache's password: whoever
# deploys a service can read what the service can.
resource "google_storage_bucket_iam_member" "deployer_outputs" {
  bucket = google_storage_bucket.state["terraform"].name
  role   = "roles/storage.objectViewer"
  member = google_service_account.deployer.member
}

resource "google_storage_bucket_iam_member" "terraform_state" {
  bucket = google_storage_bucket.state["terraform"].name
  role   = "roles/storage.objectUser"
  member = google_service_account.terraform.member
}

resource "google_project_iam_member" "terraform" {
  #checkov:skip=CKV_GCP_49:each service has an account of its own, and who makes them decides who may act as them
  for_each = toset([
    "roles/artifactregistry.admin",
    "roles/certificatemanager.owner",
    "roles/cloudsql.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/monitoring.editor",
    "roles/redis.admin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/servicenetworking.networksAdmin",
  ])

  project = var.project
  role    = each.value
  member  = google_service_account.terraform.member
}

# It grants roles on the project, but these alone; else it could make itself its owner
# (https://cloud.google.com/iam/docs/setting-limits-on-granting-roles).
resource "google_project_iam_member" "terraform_grants" {
  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.terraform.member

  condition {
    title      = "only-what-services-need"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/cloudsql.instanceUser'])"
  }
}
