# Placeholders, like environments/staging.yaml. Nothing here is a secret.
project              = "example-staging"
environment          = "staging"
github_owner         = "example"
github_repository    = "shop"
github_repository_id = 1
billing_account      = "012345-6789AB-CDEF01"
monthly_budget       = 500
