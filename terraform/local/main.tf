# Stands for an environment's infrastructure where there is no cloud: the same shape (network, database, buckets,
# outputs of every type), made of `terraform_data` alone, so that `init` downloads nothing and every plan, apply, failure
# and interrupt is a real one.

terraform {
  required_version = ">= 1.9"

  # `terraform init -backend-config="path=/somewhere/terraform.tfstate"`: two environments side by side have two paths.
  backend "local" {}
}

locals {
  # A resource that is made anew runs this. `exec` lets an interrupt reach the sleep itself and not only its shell.
  wait = "exec sleep ${var.apply_seconds}"

  # What the database is told. It comes from a file, so an edit of that file is a change in place that no variable shows.
  parameters = jsondecode(file(coalesce(var.parameters_file, "${path.module}/database-parameters.json")))
}

resource "terraform_data" "network" {
  input            = { name = "${var.environment}-network", cidr = var.network_cidr }
  triggers_replace = var.network_cidr

  provisioner "local-exec" {
    command = var.fail_creating == "network" ? "echo 'the address range is taken' >&2; exit 1" : local.wait
  }
}

resource "terraform_data" "database" {
  input = {
    name       = "${var.environment}-database"
    version    = var.database_version
    network    = terraform_data.network.output.name
    parameters = local.parameters
  }

  # A major version is not upgraded in place, as with Cloud SQL's own `database_version` going down.
  triggers_replace = var.database_version

  provisioner "local-exec" {
    command = var.fail_creating == "database" ? "echo 'the quota of instances is used up' >&2; exit 1" : local.wait
  }

  lifecycle {
    # What exists and is then found wanting: the apply fails although nothing is left to change. The output is known
    # only after the resource was made, so a plan cannot see it coming.
    postcondition {
      condition     = var.fail_checking != "database" || self.output.name == ""
      error_message = "the database does not answer"
    }
  }
}

resource "terraform_data" "bucket" {
  for_each = var.buckets

  input = { name = "${var.environment}-${each.key}" }

  provisioner "local-exec" {
    command = var.fail_creating == each.key ? "echo 'the name is taken' >&2; exit 1" : local.wait
  }
}
