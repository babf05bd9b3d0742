# How every target of the project is compiled: two interface targets, no global flags. exeunt_warnings is
# for what is loaded into other people's programs, exeunt_flags (with the sanitizers) for all the rest.

option(EXEUNT_WERROR "Treat warnings as errors" ON)
set(EXEUNT_SANITIZE "" CACHE STRING "Sanitizers of the whole build: empty, address;undefined or thread")

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH EXEUNT_SOURCE_DIR)
string(APPEND EXEUNT_SOURCE_DIR "/")

add_library(exeunt_warnings INTERFACE)
target_compile_features(exeunt_warnings INTERFACE c_std_11)
target_compile_definitions(exeunt_warnings INTERFACE _GNU_SOURCE)
target_compile_options(
  exeunt_warnings
  INTERFACE -g
            -fvisibility=hidden
            "-ffile-prefix-map=${EXEUNT_SOURCE_DIR}="
            $<$<C_COMPILER_ID:Clang>:-fdebug-compilation-dir=.>
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
  target_compile_options(exeunt_warnings INTERFACE -Werror)
endif()

add_library(exeunt_flags INTERFACE)
target_link_libraries(exeunt_flags INTERFACE exeunt_warnings)
foreach(sanitizer IN LISTS EXEUNT_SANITIZE)
  target_compile_options(exeunt_flags INTERFACE -fsanitize=${sanitizer} -fno-sanitize-recover=all
                                                -fno-omit-frame-pointer)
  target_link_options(exeunt_flags INTERFACE -fsanitize=${sanitizer})
endforeach()
