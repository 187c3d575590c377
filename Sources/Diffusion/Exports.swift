// `import Diffusion` also imports the file formats: PNG, IDX, and what can be wrong with a file.

@_exported public import Files
