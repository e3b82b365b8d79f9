#ifndef STAGECTL_CLIBCURL_H
#define STAGECTL_CLIBCURL_H

// The checks are macros over constant arguments; the shims below carry the types instead.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

// Swift does not import variadic C functions: one inline function for each type of argument.

static inline CURLcode stagectl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode stagectl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode stagectl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode stagectl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode stagectl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode stagectl_set_callback(
    CURL *easy, CURLoption option, size_t (*callback)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, option, callback);
}
/// Called when there is a connection and before anything is sent over it.
static inline CURLcode stagectl_set_before_request(
    CURL *easy, int (*callback)(void *, char *, char *, int, int), void *argument) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_PREREQDATA, argument) : code;
}
static inline CURLcode stagectl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode stagectl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode stagectl_get_string(CURL *easy, CURLINFO info, char **value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode stagectl_get_certificates(CURL *easy, struct curl_certinfo **value) {
    return curl_easy_getinfo(easy, CURLINFO_CERTINFO, value);
}
static inline CURLMcode stagectl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The result of a finished transfer; `done` is 0 for any other message.
static inline CURLcode stagectl_message_result(const CURLMsg *message, int *done) {
    *done = message->msg == CURLMSG_DONE;
    return message->data.result;
}

// `environ` is a mutable global, which Swift 6 does not let anyone read.
extern char **environ;
static inline char **stagectl_environment(void) { return environ; }

// Glibc declares these only under _GNU_SOURCE, which is not set where its module is made.
#ifdef __linux__
#include <spawn.h>
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
static inline int stagectl_pipe2(int *ends, int flags) { return pipe2(ends, flags); }
static inline int stagectl_add_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}
static inline int stagectl_add_closefrom(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}
/// POSIX_SPAWN_SETSID.
static inline short stagectl_spawn_setsid(void) { return 0x80; }
#endif

#endif
