variable "project" {
  description = "Project id. The project exists and has a billing account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project must be a project id: 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "environment" {
  description = "Name of the environment, as in environments/NAME.yaml and as GitHub's environment is called."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.environment))
    error_message = "environment must be lower-case letters, digits and hyphens and start with a letter."
  }
}

variable "region" {
  description = "Region of the buckets; the services' own."
  type        = string
  default     = "us-central1"
}

variable "github_owner" {
  description = "User or organisation that owns the repository whose pipeline deploys."
  type        = string

  validation {
    # It becomes part of an expression between quotes.
    condition     = can(regex("^[A-Za-z0-9-]+$", var.github_owner))
    error_message = "github_owner must be letters, digits and hyphens."
  }
}

variable "github_repository" {
  description = "Name of that repository, without its owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be letters, digits, dots, hyphens and underscores."
  }
}

variable "github_repository_id" {
  description = "Its number: `gh api repos/OWNER/NAME --jq .id`."
  type        = number
}

variable "billing_account" {
  description = "Billing account of the project, such as 012345-6789AB-CDEF01."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must have the form 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "What a month may cost before its billing administrators are told, in whole units of the account's currency. Nothing is turned off."
  type        = number

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget must be a whole number, at least 1."
  }
}
