//! How large static programs become: what a program does not use must stay out of it.

use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};

use super::Report;
use crate::apps::Compiler;
use crate::project::Project;
use crate::ui;

/// Name, source and the most bytes of the stripped, statically linked program.
const PROGRAMS: [(&str, &str, u64); 2] = [
    (
        "write",
        "#include <unistd.h>\nint main(void) { return write(1, \"hello\\n\", 6) != 6; }\n",
        16 * 1024,
    ),
    (
        "printf",
        "#include <stdio.h>\nint main(int argc, char **argv) { return printf(\"%d %s %g\\n\", argc, argv[0], 1.5) < 0; }\n",
        120 * 1024,
    ),
];

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    for (name, source, most) in PROGRAMS {
        report.run(&format!("size/{name}"), || {
            let compiler = Compiler::tlibc(project)?;
            let folder = project.out().join("size");
            fs::create_dir_all(&folder)?;
            let (file, program) = (folder.join(format!("{name}.c")), folder.join(name));
            fs::write(&file, source)?;
            let mut command = Command::new(&compiler.command);
            command
                .args(compiler.flags)
                .args(["-static", "-O2", "-s"])
                .arg(&file)
                .arg("-o")
                .arg(&program);
            ui::run_logged(&mut command, &folder.join(format!("{name}.log")))?;
            let ran = Command::new(&program).output()?;
            ensure!(
                ran.status.success() && !ran.stdout.is_empty(),
                "the program does not work"
            );
            let size = fs::metadata(&program)?.len();
            ensure!(size <= most, "{size} bytes; the most allowed is {most}");
            Ok(())
        });
    }
    Ok(())
}
