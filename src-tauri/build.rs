//! Embeds the window's configuration and the built UI.

fn main() -> Result<(), String> {
    // The embedded UI must be the built one: without this line an older one would be kept silently.
    println!("cargo::rerun-if-changed=ui/dist");
    if !std::path::Path::new("ui/dist/index.html").is_file() {
        return Err("ui/dist is not built: `cargo xtask run` does it, or `npm ci && npm run build` in ui/".to_owned());
    }
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes).map_err(|e| format!("{e:#}"))
}
