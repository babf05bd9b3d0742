/* Recognizes what a preload cannot get into, and says so before anything is run. */
#include "campaign/executable.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { INTERPRETERS_MAX = 4 }; /* scripts that interpret scripts: as Linux has it */

/* Whether the file can be executed; errno says why not. */
static bool can_execute(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    return access(path, X_OK) == 0;
}

static int cannot_run(const char *typed, int code, struct error *error)
{
    const char *why = code == ENOENT   ? "there is no such program"
                      : code == EISDIR ? "it is a folder"
                      : code == EACCES ? "it is not executable (chmod +x)"
                                       : strerror(code);
    return error_usage(error, "cannot run '%.200s': %s", typed, why);
}

/* Tries each folder of PATH. Returns 0 or the errno that tells most. */
static int search_path(const char *typed, char path[PATH_MAX])
{
    const char *folders = getenv("PATH");
    int code = ENOENT;
    for (const char *at = folders != NULL ? folders : "/usr/bin:/bin"; at != NULL;) {
        size_t length = strcspn(at, ":");
        int made = snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, at, length > 0 ? "/" : "./", typed);
        if (made < PATH_MAX && can_execute(path))
            return 0;
        if (made < PATH_MAX && errno != ENOENT && errno != ENOTDIR)
            code = errno;
        at = at[length] == ':' ? at + length + 1 : NULL;
    }
    return code;
}

/* Whether the kernel runs it in its secure mode, in which the loader heeds no LD_PRELOAD. */
static bool raises_privilege(const struct stat *status, int file)
{
    bool sets_user = (status->st_mode & S_ISUID) != 0 && status->st_uid != geteuid();
    bool sets_group =
        (status->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && status->st_gid != getegid();
    bool has_capabilities = geteuid() != 0 && fgetxattr(file, "security.capability", NULL, 0) > 0;
    return sets_user || sets_group || has_capabilities;
}

static bool has_loader(Elf *elf)
{
    size_t count = 0;
    GElf_Phdr header;
    elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++)
        if (gelf_getphdr(elf, (int)i, &header) != NULL && header.p_type == PT_INTERP)
            return true;
    return false;
}

static bool defines(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = header->sh_entsize != 0 ? header->sh_size / header->sh_entsize : 0;
    GElf_Sym symbol;
    for (size_t i = 0; data != NULL && i < count; i++) {
        if (gelf_getsym(data, (int)i, &symbol) == NULL || symbol.st_shndx == SHN_UNDEF)
            continue;
        const char *known = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (known != NULL && strcmp(known, name) == 0)
            return true;
    }
    return false;
}

static bool has_libfiu(Elf *elf)
{
    GElf_Shdr header;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;)
        if (gelf_getshdr(section, &header) != NULL &&
            (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) &&
            defines(elf, section, &header, "fiu_fail"))
            return true;
    return false;
}

/* The processor that exeunt itself was built for. */
static const GElf_Half own_machine =
#if defined(__x86_64__)
    EM_X86_64;
#elif defined(__aarch64__)
    EM_AARCH64;
#elif defined(__i386__)
    EM_386;
#elif defined(__arm__)
    EM_ARM;
#elif defined(__riscv)
    EM_RISCV;
#else
    EM_NONE; /* any is taken for ours */
#endif

static int refuse(const char *path, const char *why, struct error *error)
{
    return error_not_done(error, -ENOEXEC, "cannot watch '%.200s': %s", path, why);
}

static int look_at_elf(Elf *elf, struct executable *out, struct error *error)
{
    GElf_Ehdr header;
    int own_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    if (gelf_getehdr(elf, &header) == NULL)
        return refuse(out->path, "its ELF header is damaged", error);
    if (header.e_ident[EI_CLASS] != own_class || (own_machine != EM_NONE && header.e_machine != own_machine))
        return refuse(out->path, "it is built for another processor or word size than exeunt", error);
    if (!has_loader(elf))
        return refuse(
            out->path,
            "it is statically linked, so that nothing can be preloaded into it; link it dynamically", error);
    out->has_libfiu |= has_libfiu(elf);
    return 0;
}

/* The interpreter that the first line of a script names; false: it is no script. */
static bool interpreter_of(int file, char interpreter[PATH_MAX])
{
    char line[256];
    ssize_t length = pread(file, line, sizeof line - 1, 0);
    if (length < 2 || line[0] != '#' || line[1] != '!')
        return false;
    line[length] = '\0';
    char *start = line + 2 + strspn(line + 2, " \t");
    start[strcspn(start, " \t\n")] = '\0';
    snprintf(interpreter, PATH_MAX, "%s", start);
    return true;
}

static int look_at(const char *path, unsigned depth, struct executable *out, struct error *error);

static int look_at_file(const char *path, int file, unsigned depth, struct executable *out,
                        struct error *error)
{
    struct stat status;
    char interpreter[PATH_MAX];
    if (interpreter_of(file, interpreter) && interpreter[0] == '\0')
        return error_usage(error, "cannot run '%.200s': it names no interpreter behind #!", path);
    if (interpreter_of(file, interpreter))
        return look_at(interpreter, depth + 1, out, error);
    if (fstat(file, &status) != 0)
        return cannot_run(path, errno, error);
    if (raises_privilege(&status, file))
        return refuse(path,
                      "it runs with other rights than yours (setuid, setgid or capabilities), and then the "
                      "loader preloads nothing; run it as the user it belongs to",
                      error);
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(file, ELF_C_READ, NULL);
    int failed =
        elf == NULL || elf_kind(elf) != ELF_K_ELF
            ? error_usage(error,
                          "cannot run '%.200s': it is neither an ELF program nor a script that begins "
                          "with #!",
                          path)
            : look_at_elf(elf, out, error);
    if (elf != NULL)
        elf_end(elf);
    return failed;
}

static int look_at(const char *path, unsigned depth, struct executable *out, struct error *error)
{
    if (depth > INTERPRETERS_MAX)
        return error_usage(error, "cannot run '%.200s': its interpreter is a script, and so on", out->path);
    if (!can_execute(path))
        return cannot_run(path, errno, error);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return refuse(path, "it cannot be read, so that it is not known whether it can be watched", error);
    int failed = look_at_file(path, file, depth, out, error);
    close(file);
    return failed;
}

int executable_find(const char *typed, struct executable *out, struct error *error)
{
    struct executable found = {.path = ""};
    int code = 0;
    if (typed[0] == '\0')
        code = ENOENT;
    else if (strchr(typed, '/') == NULL)
        code = search_path(typed, found.path);
    else if (snprintf(found.path, sizeof found.path, "%s", typed) >= (int)sizeof found.path)
        code = ENAMETOOLONG;
    if (code != 0)
        return cannot_run(typed, code, error);
    int failed = look_at(found.path, 0, &found, error);
    if (failed == 0)
        *out = found;
    return failed;
}
