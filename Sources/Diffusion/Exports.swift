// `import Diffusion` also imports the file formats (PNG, IDX, and what can be wrong with a file) and the ranks
// of a job.

@_exported public import Files
@_exported public import Ranks
