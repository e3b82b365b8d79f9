#ifndef STAGECTL_CLIBZ_H
#define STAGECTL_CLIBZ_H

#include <zlib.h>

// deflateInit2 is a macro, which Swift does not import. 15 is the largest window, 16 more asks for a gzip header, which
// zlib leaves without name and time; 8 is zlib's own default for memory.
static inline int stagectl_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

// inflateInit2 is a macro too. 16 more than the largest window takes gzip and nothing else.
static inline int stagectl_gunzip_begin(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
