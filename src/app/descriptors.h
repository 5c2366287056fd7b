// The descriptors the program inherits.
//
// A shell or a careless service passes on more descriptors than it means to, and an open directory
// among them would be a way out of the chroot. Called from main, before there are threads.
#pragma once

#include <cstddef>

namespace ot {

// Opens /dev/null, or an empty file in memory where there is no /dev/null, for each of 0, 1 and 2
// that is closed. Otherwise the first socket could become standard error and receive the log.
void open_standard_streams();

// Closes everything except 0 to 2 and the `sockets` descriptors from 3 on, which were passed in on
// purpose.
void close_other_descriptors(size_t sockets);

}  // namespace ot
