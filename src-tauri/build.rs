fn main() {
    tauri_build::try_build(tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*"))
        .map_err(|e| eprintln!("tauri-build: {e:#}"))
        .unwrap_or_else(|()| std::process::exit(1));
}
