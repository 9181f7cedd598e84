# SPDX-License-Identifier: Apache-2.0
# The libraries that the project uses when they are there. One that is missing costs one warning,
# which names its Debian package, and switches off the part that needs it.
include(CheckCSourceCompiles)

# lax_find(NAME package header libraries...) sets NAME_FOUND, NAME_INCLUDE, NAME_LIBRARIES.
function(lax_find name package part header)
  find_path(${name}_INCLUDE ${header})
  mark_as_advanced(${name}_INCLUDE)
  set(found ${${name}_INCLUDE})
  set(libraries)
  foreach(library IN LISTS ARGN)
    find_library(${name}_${library} NAMES ${library})
    mark_as_advanced(${name}_${library})
    list(APPEND libraries ${${name}_${library}})
    if(NOT ${name}_${library})
      set(found FALSE)
    endif()
  endforeach()
  if(found)
    set(${name}_FOUND TRUE PARENT_SCOPE)
    set(${name}_LIBRARIES ${libraries} PARENT_SCOPE)
  else()
    set(${name}_FOUND FALSE PARENT_SCOPE)
    message(WARNING "${header} or its library is missing (Debian package ${package}): ${part}")
  endif()
endfunction()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

check_c_source_compiles("
#ifndef __x86_64__
#error another architecture
#endif
int main(void) { return 0; }" LAX_X86_64)

# libxsmm generates x86-64 code only. Its archive calls BLAS in functions that are never reached
# from here; libxsmmnoblas answers those names.
if(LAX_WITH_LIBXSMM AND LAX_X86_64)
  lax_find(LIBXSMM libxsmm-dev "built without libxsmm's kernels" libxsmm.h xsmm xsmmnoblas)
endif()
if(LAX_WITH_PTHREADPOOL)
  lax_find(PTHREADPOOL libpthreadpool-dev "built without the built-in thread pool"
    pthreadpool.h pthreadpool)
endif()
if(LAX_BUILD_CLI OR LAX_BUILD_EXAMPLES)
  lax_find(SPNG libspng-dev "PNG files will be answered with 'unsupported'" spng.h spng)
endif()
if(LAX_BUILD_TESTS)
  lax_find(CHECK check "built without the tests" check.h check_pic)
endif()
