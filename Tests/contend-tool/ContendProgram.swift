#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `contend FOLDER NAME ROUNDS [sleeper]`
///
/// The state is a file in the folder, or, where `CONTEND_STORAGE` is the base URL of a Cloud Storage, in its bucket `team`.
///
/// Takes the lock of one service, writes an entry into a journal, gives the lock back; until the rounds are over. Inside,
/// a file that may exist only once says whether somebody else was there. A sleeper stops itself while it holds the lock
/// and says after it was woken whether its write was refused.
@main
enum ContendProgram {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let rounds = Int(arguments[3]) else {
            print("usage: contend FOLDER NAME ROUNDS [sleeper]")
            exit(64)
        }
        let contender = Contender(folder: arguments[1], name: arguments[2], sleeps: arguments.count > 4)
        let tally = try await contender.run(rounds)
        print("\(tally.entered) entered, \(tally.collisions) collisions, \(tally.refused) refused")
    }
}
