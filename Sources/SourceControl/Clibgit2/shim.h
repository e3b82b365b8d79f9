#include <git2.h>

// git_libgit2_opts is variadic, which Swift cannot call. stagectl only reads: libgit2 runs no hook, filter or
// fsmonitor program from a repository's configuration, so a checkout owned by another user (every CI container)
// is no danger, and git's safe.directory check would only get in the way.
static inline int stagectl_git_accept_any_owner(void) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}
