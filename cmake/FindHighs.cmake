# Finds the ILP solver HiGHS, as Debian's libhighs-dev installs it or as scripts/setup builds it: target highs::highs.
# HiGHS 1.10 brings a CMake package of its own, but that of libhighs-dev names files of the machine that built it.
find_path(HIGHS_INCLUDE_DIR Highs.h PATH_SUFFIXES highs)
find_library(HIGHS_LIBRARY highs)
mark_as_advanced(HIGHS_INCLUDE_DIR HIGHS_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Highs REQUIRED_VARS HIGHS_LIBRARY HIGHS_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "scripts/setup installs it.")

if(Highs_FOUND AND NOT TARGET highs::highs)
  add_library(highs::highs UNKNOWN IMPORTED)
  set_target_properties(highs::highs PROPERTIES
    IMPORTED_LOCATION ${HIGHS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${HIGHS_INCLUDE_DIR})
endif()
