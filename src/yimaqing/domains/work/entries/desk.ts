import "../styles/desk.css";
