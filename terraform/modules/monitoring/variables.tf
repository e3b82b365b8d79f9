variable "project" {
  description = "Project that the checks belong to."
  type        = string
}

variable "hosts" {
  description = "Path that is asked on each host, such as /health. Not /healthz: Google's front end answers that by itself."
  type        = map(string)

  validation {
    condition     = alltrue([for path in values(var.hosts) : startswith(path, "/") && path != "/healthz"])
    error_message = "paths must start with a slash; /healthz never reaches a Cloud Run service."
  }
}

variable "services" {
  description = "Cloud Run services whose errors are watched."
  type        = set(string)
}

variable "alert_emails" {
  description = "Who is told."
  type        = set(string)

  validation {
    condition     = length(var.alert_emails) > 0 && alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alert_emails must name at least one email address: an alert that nobody gets is none."
  }
}

variable "error_percent" {
  description = "Share of requests that may fail, in per cent."
  type        = number
  default     = 2

  validation {
    condition     = var.error_percent > 0 && var.error_percent < 100
    error_message = "error_percent must be above 0 and below 100."
  }
}
