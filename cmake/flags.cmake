# How every target of the project is compiled: one interface target, no global flags.

option(EXEUNT_WERROR "Treat warnings as errors" ON)
set(EXEUNT_SANITIZE "" CACHE STRING "Sanitizers of the whole build: empty, address;undefined or thread")

add_library(exeunt_flags INTERFACE)
target_compile_features(exeunt_flags INTERFACE c_std_11)
target_compile_definitions(exeunt_flags INTERFACE _GNU_SOURCE)
target_compile_options(
  exeunt_flags
  INTERFACE -g
            -fvisibility=hidden
            -fno-omit-frame-pointer
            "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
            -Wall
            -Wextra
            -Wshadow
            -Wstrict-prototypes
            -Wmissing-prototypes
            -Wpointer-arith
            -Wvla
            -Wundef
            -Wformat=2)
if(EXEUNT_WERROR)
  target_compile_options(exeunt_flags INTERFACE -Werror)
endif()
foreach(sanitizer IN LISTS EXEUNT_SANITIZE)
  target_compile_options(exeunt_flags INTERFACE -fsanitize=${sanitizer} -fno-sanitize-recover=all)
  target_link_options(exeunt_flags INTERFACE -fsanitize=${sanitizer})
endforeach()
