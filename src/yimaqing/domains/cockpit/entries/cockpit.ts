import "../styles/cockpit.css";
import "../styles/wall.css";
