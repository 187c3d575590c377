// Nothing is thrown from here: an error out of top-level code would die with a backtrace.

import Foundation

exit(Tool.main(Array(CommandLine.arguments.dropFirst())).rawValue)
