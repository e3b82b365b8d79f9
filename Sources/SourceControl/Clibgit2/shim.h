#include <git2.h>

// git_libgit2_opts is variadic, which Swift cannot call. libgit2 runs no hook, filter or fsmonitor program from a
// repository's configuration, so a checkout owned by another user (every CI container) is no danger, and git's
// safe.directory check would only get in the way.
static inline int stagectl_git_accept_any_owner(void) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

// What a commit needs is on the disk before a reference names it.
static inline int stagectl_git_write_durably(void) {
    return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

// A patch that `git apply` takes, whatever diff.noprefix and diff.mnemonicPrefix say.
static inline void stagectl_git_usual_prefixes(git_diff_options *options) {
    options->old_prefix = "a/";
    options->new_prefix = "b/";
}
