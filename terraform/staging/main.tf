terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }

  # `terraform init -backend-config="bucket=PROJECT-terraform-state"`
  backend "gcs" {
    prefix = "staging"
  }
}

provider "google" {
  project = var.project
  region  = var.region

  default_labels = {
    environment = "staging"
  }
}

locals {
  # Names as in environments/services.yaml. What runs in them is said there; here is who they are, who may call them and
  # what they may read.
  services = {
    auth = {
      public   = true
      database = true
      secrets  = ["jwt-secret"]
    }
    backend = {
      public   = true
      database = true
      secrets  = ["jwt-secret", "cache-password"]
    }
    frontend = {
      public   = true
      database = false
      secrets  = []
    }
  }

  # The hosts of the URL map. Each gets a certificate, an uptime check and the records of the output `dns_records`.
  hosts = {
    "api.staging.example.com"  = { service = "backend", websocket = true }
    "app.staging.example.com"  = { service = "frontend" }
    "auth.staging.example.com" = { service = "auth" }
  }

  # Empty when made: a person or a rotation adds the versions (`gcloud secrets versions add`), so that no value is ever
  # in a state or a plan.
  secrets = toset(["jwt-secret"])

  secret_ids = merge(
    { for name in local.secrets : name => google_secret_manager_secret.this[name].id },
    { cache-password = module.cache.password_secret_id },
  )

  # Made by terraform/bootstrap.
  deployer  = "serviceAccount:stagectl-deployer@${var.project}.iam.gserviceaccount.com"
  terraform = "serviceAccount:terraform@${var.project}.iam.gserviceaccount.com"
}

module "network" {
  source = "../modules/network"

  name   = "staging"
  region = var.region
}

module "registry" {
  source = "../modules/registry"

  region    = var.region
  deployer  = local.deployer
  keep_days = 30
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  # A version that was destroyed by mistake can be had back for a week: revisions pin versions, and a rollback needs
  # them.
  version_destroy_ttl = "604800s"
}

module "service" {
  source   = "../modules/service"
  for_each = local.services

  name       = each.key
  region     = var.region
  public     = each.value.public
  secret_ids = { for name in each.value.secrets : name => local.secret_ids[name] }
  deployer   = local.deployer
  terraform  = local.terraform
}

module "database" {
  source = "../modules/database"

  name               = "staging"
  region             = var.region
  private_network_id = module.network.private_network_id
  tier               = "db-custom-1-3840"
  high_availability  = false
  service_accounts   = { for name, service in local.services : name => module.service[name].service_account if service.database }
}

module "cache" {
  source = "../modules/cache"

  name               = "staging-cache"
  region             = var.region
  private_network_id = module.network.private_network_id
  memory_gb          = 1
  high_availability  = false
}

module "load_balancer" {
  source = "../modules/load-balancer"

  name         = "staging"
  services     = { for name, service in module.service : name => { name = service.name, region = var.region } }
  hosts        = local.hosts
  default_host = "app.staging.example.com"

  # Not above the `timeout` of the services in environments/*.yaml, which say nothing: Cloud Run's default.
  websocket_timeout_seconds = 300

  # Suites come from few addresses, and mark their requests (`X-E2E-Test` and so on): here they may.
  requests_per_minute = 6000
}

module "monitoring" {
  source = "../modules/monitoring"

  project      = var.project
  hosts        = { for host in keys(local.hosts) : host => "/health" }
  services     = keys(local.services)
  alert_emails = var.alert_emails
}
