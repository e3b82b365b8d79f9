variable "environment" {
  description = "Prefix of every name, so that two copies on one machine can be told apart."
  type        = string
  default     = "local"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.environment))
    error_message = "environment must be lower-case letters, digits and hyphens, start with a letter and have at most 30 characters."
  }
}

variable "network_cidr" {
  description = "Address range of the network. A new one replaces the network and changes the database in place."
  type        = string
  default     = "10.20.0.0/24"

  validation {
    condition     = can(cidrhost(var.network_cidr, 0))
    error_message = "network_cidr must be a range such as 10.20.0.0/24."
  }
}

variable "database_version" {
  description = "Version of the database. A new one replaces it."
  type        = string
  default     = "16"
}

variable "database_password" {
  description = "Password of the database's user."
  type        = string
  default     = "local-only"
  sensitive   = true
}

variable "parameters_file" {
  description = "JSON file of the database's parameters; null: the one beside this configuration. An edited file is a change that no variable shows."
  type        = string
  default     = null
}

variable "buckets" {
  description = "Buckets by name. One that is left out is destroyed."
  type        = set(string)
  default     = ["assets", "uploads"]
}

variable "apply_seconds" {
  description = "How long each resource takes to be made: time for an interrupt, a kill or a second apply. At most 60, so that nothing outlives a test by long."
  type        = number
  default     = 0

  validation {
    condition     = var.apply_seconds >= 0 && var.apply_seconds <= 60
    error_message = "apply_seconds must be between 0 and 60."
  }
}

variable "fail_creating" {
  description = "Resource whose creation fails: `network`, `database` or a bucket's name. What was made before stays, the failed one is left tainted."
  type        = string
  default     = null
}

variable "fail_checking" {
  description = "`database`: it is made (with a new version: made anew), then a condition on it fails. The apply fails, and the next plan has nothing to change."
  type        = string
  default     = null

  validation {
    condition     = var.fail_checking == null || var.fail_checking == "database"
    error_message = "fail_checking can be `database` alone."
  }
}
