// Nothing is thrown from here: an error out of top-level code would die with a backtrace.

import Foundation

exit(Tool.main(CommandLine.arguments).rawValue)
