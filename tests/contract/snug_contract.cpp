// snug-contract PRIMITIVE LAYERTEXT [--seed N] [--isa native|avx2|sse2|c99|sanitized] [--plant nan|inf|-inf]: runs one
// contract case, as a failure message says, in the test program of that instruction set, which lies beside this
// program.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

int main(int argc, char** argv) {
  std::string seed = "1", isa = "native", planted = "0";
  bool usable = argc >= 3 && argc % 2 == 1;
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--seed")
      seed = argv[i + 1];
    else if (option == "--isa")
      isa = argv[i + 1];
    else if (option == "--plant")
      planted = argv[i + 1];
    else
      usable = false;
  }
  if (!usable) {
    std::fprintf(stderr,
                 "usage: snug-contract PRIMITIVE LAYERTEXT [--seed N] [--isa native|avx2|sse2|c99|sanitized]"
                 " [--plant nan|inf|-inf]\n");
    return 2;
  }
  const std::string program = std::filesystem::canonical("/proc/self/exe").replace_filename("contract_" + isa).string();
  execl(program.c_str(), program.c_str(), argv[1], argv[2], "--seed", seed.c_str(), "--plant", planted.c_str(),
        nullptr);
  std::perror(program.c_str());
  return 2;
}
