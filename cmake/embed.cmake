# exeunt_embed(TARGET FILE NAME): puts the bytes of FILE, ended by NUL, into TARGET as
# `const unsigned char NAME[]`. The build calls this file as a script to write that source.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${FILE}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  file(WRITE "${OUT}" "extern const unsigned char ${NAME}[];\nconst unsigned char ${NAME}[] = {${bytes}0};\n")
  return()
endif()

function(exeunt_embed target file name)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  cmake_path(ABSOLUTE_PATH file)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D OUT=${source} -D NAME=${name} -P
            ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${file} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
