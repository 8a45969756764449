import "../styles/cockpit.css";
