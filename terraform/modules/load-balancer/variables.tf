variable "name" {
  description = "Prefix of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name))
    error_message = "name must be lower-case letters, digits and hyphens, start with a letter and have at most 20 characters."
  }
}

variable "services" {
  description = "Cloud Run services by the name that `hosts` calls them."
  type = map(object({
    name   = string
    region = string
  }))
}

variable "hosts" {
  description = "Who answers under which host, and whether it speaks WebSocket there (at /ws and /websocket)."
  type = map(object({
    service   = string
    websocket = optional(bool, false)
  }))

  validation {
    condition     = alltrue([for host in keys(var.hosts) : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", host))])
    error_message = "hosts must be whole domain names in lower case, such as api.example.com."
  }

  validation {
    # `NAME-HOST` names certificates and authorizations, which have at most 63 characters, as have path matchers.
    condition     = alltrue([for host in keys(var.hosts) : length(host) <= 42])
    error_message = "hosts must have at most 42 characters each."
  }
}

variable "default_host" {
  description = "Where callers of any other host are sent: one of `hosts`."
  type        = string
}

variable "websocket_timeout_seconds" {
  description = "How long a WebSocket may last: not more than the service's `timeout` in environments/*.yaml, Cloud Run's limit being 3600 and its default 300."
  type        = number
  default     = 300

  validation {
    condition     = var.websocket_timeout_seconds >= 1 && var.websocket_timeout_seconds <= 3600
    error_message = "websocket_timeout_seconds must be between 1 and 3600: Cloud Run ends every request after an hour at the latest."
  }
}

variable "removed_request_headers" {
  description = "Headers of requests that no service gets to see, such as those by which tests name themselves."
  type        = list(string)
  default     = []
}

variable "requests_per_minute" {
  description = "Requests of one address before it gets 429."
  type        = number
  default     = 600

  validation {
    condition     = var.requests_per_minute >= 1 && var.requests_per_minute <= 1000000
    error_message = "requests_per_minute must be between 1 and 1000000."
  }
}

variable "waf_preview" {
  description = "Cloud Armor only logs what it would refuse: for the first days of an environment."
  type        = bool
  default     = false
}

variable "log_sample_rate" {
  description = "Share of requests that are logged, from 0 to 1."
  type        = number
  default     = 1

  validation {
    condition     = var.log_sample_rate >= 0 && var.log_sample_rate <= 1
    error_message = "log_sample_rate must be between 0 and 1."
  }
}
